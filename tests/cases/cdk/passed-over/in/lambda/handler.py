print('(')
'
